"""config.toml, rules/ and groups.toml read into frozen values; every option's meaning is written in `option`.

What a desk at work reads beside config.toml (rules, groups) is `folder`'s, so that who only looks does not load it.

Whatever is wrong there is a ConfigError of one line that says file, section, key and cure, before anything is done.
"""

from mailproc.config.load import load
from mailproc.config.option import Config

__all__ = ["Config", "load"]
