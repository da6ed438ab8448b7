"""config.toml, rules/ and groups.toml read into frozen values; every option's meaning is written in `option`.

Whatever is wrong there is a ConfigError of one line that says file, section, key and cure, before anything is done.
"""

from mailproc.config.folder import carried, load_groups, load_rules
from mailproc.config.load import load
from mailproc.config.option import Config

__all__ = ["Config", "carried", "load", "load_groups", "load_rules"]
