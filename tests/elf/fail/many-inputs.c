// Thousands of inputs do not run out of descriptors or maps.
//# also: start.s
//# before: i=0; while [ $i -lt 3000 ]; do ln many-other.o f$i.o; echo f$i.o; i=$((i+1)); done > list; echo many-inputs.o start.o >> list
//# link: @list --allow-multiple-definition
//# run: exit 0
//# sh: ulimit -n 64; $LD @list --allow-multiple-definition -o limited; ./limited
//# no-damage: the list is long
//# unlike: bfd lld mold
int main(void) { return 0; }
//# file: many-other.c
int other;
