# An input that is cut short while it is being linked gives a result or an error, never a signal.
//# link: -e go $IN
//# unlike: lld
//# sh: sh check.sh
        .globl go
        .text
go:     ret
        .data
        .fill 40000000, 1, 7
//# file: check.sh
for pause in 0 0.001 0.002 0.004 0.006 0.008 0.01 0.012 0.015 0.02 0.03; do
  cp shrinking-input.o victim.o
  $LD -e go victim.o -o cut-out 2>err &
  pid=$!
  sleep $pause
  : > victim.o
  wait $pid
  status=$?
  test $status -le 1 || { echo "status $status after $pause"; cat err; exit 1; }
  if grep -q 'panicked\|internal error' err; then cat err; exit 1; fi
done
