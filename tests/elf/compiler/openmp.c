// -fopenmp: extra libraries and thread-local runtime state.
//# cflags: -fopenmp
//# cc-link: $IN -fopenmp
//# run: exit 45
int main(void) { int sum = 0;
#pragma omp parallel for reduction(+ : sum)
  for (int i = 0; i < 10; i++) sum += i;
  return sum; }
