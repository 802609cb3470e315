// A broken version script is an error with file and line.
//# cflags: -fPIC
//# link: -shared $IN --version-script v.map
//# error: v.map
//# error: line 3

int shown;
//# file: v.map
{ global:
  shown;
  local *
};
