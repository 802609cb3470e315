// Each module has its own __start_X: they are not exported as preemptible.
//# cflags: -fPIC
//# shared: libb.so b.o
//# cc-link: $IN libb.so
//# run: exit 35
extern int __start_list[], __stop_list[];
int a __attribute__((section("list"))) = 5;
int sum(void);
int main(void) { return sum() * 10 + __start_list[0] * (int)(__stop_list - __start_list); }
//# file: b.c
extern int __start_list[], __stop_list[];
int b __attribute__((section("list"))) = 3;
int sum(void) { return (int)(__stop_list - __start_list) * __start_list[0]; }
