"""Replies as mail programs and gateways write them, beside the fifteen that were given: `table.SHAPES` names them."""
