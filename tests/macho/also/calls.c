// A program that returns what `wanted` does.
int wanted(void);
int main(void) { return wanted(); }
