"""The words of documents: .docx, .odt, .rtf, .pdf and plain text, from hostile octets to readable lines (pure)."""
