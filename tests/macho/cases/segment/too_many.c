// A symbol can name 255 sections: of more, those of the command line counted, there is no output.
//# before: sh make.sh > many.s; $CC $TARGET -c many.s -o many.o
//# link: too_many.o many.o -sectcreate __DATA __one make.sh
//# run: exit 42
//# section: __MORE,s245
//# symbol: _last section=__MORE,s245
//# link[more]: too_many.o many.o -sectcreate __A __one make.sh -sectcreate __A __two make.sh -sectcreate __A __three make.sh -sectcreate __A __four make.sh -sectcreate __A __five make.sh -sectcreate __A __six make.sh -sectcreate __A __seven make.sh -sectcreate __A __eight make.sh -sectcreate __A __nine make.sh -sectcreate __A __ten make.sh -sectcreate __A __eleven make.sh -sectcreate __A __twelve make.sh
//# error: output sections; a symbol can name 255
//# lld: differs because it does not count
extern int last;
int main(void) { return last; }
//# file: make.sh
i=1
while [ $i -le 245 ]; do
  echo ".section __MORE,s$i"
  echo ".long $i"
  i=$((i + 1))
done
echo '.globl _last'
echo '_last: .long 42'
