#!/bin/sh
# Prints the newest Python of 3.13, 3.12, 3.11 that runs and can make virtual environments; says on stderr which it is.
# A name on PATH proves nothing (pyenv's shims are there for versions that are switched off), so each is tried.
for version in 3.13 3.12 3.11; do
  for python in "python$version" "$HOME"/.pyenv/versions/"$version".*/bin/python "/usr/local/bin/python$version" \
    "/opt/homebrew/bin/python$version" python3; do
    if "$python" -c "import sys, venv, ensurepip; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" >/dev/null 2>&1; then
      echo "Python: $("$python" -c 'import platform, sys; print(platform.python_version(), sys.executable)')" >&2
      echo "$python"
      exit 0
    fi
  done
done
echo "no Python 3.11, 3.12 or 3.13 that can make virtual environments was found; set PYTHON=/path/to/python" >&2
exit 1
