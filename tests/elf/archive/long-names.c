// Member names beyond fifteen characters and equal member names are told apart.
//# also: start.s
//# before: mkdir d; cp same.o d/; ar rcs liba.a a_rather_long_member_name_of_an_object_file.o; ar qs liba.a b.o
//# link: start.o long-names.o liba.a
//# run: exit 7
int a(void);
int main(void) { return a(); }
//# file: a_rather_long_member_name_of_an_object_file.c
int b(void);
int a(void) { return b() + 3; }
//# file: b.c
int b(void) { return 4; }
//# file: same.c
int same;
