package dev.tidemark.error;

/** The caller's mistakes, which say piece by piece what they are. */
final class Misuse {
  private Misuse() {}

  /** Something was handed in that can never be accepted. */
  static final class OfArgument extends IllegalArgumentException implements Explained {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    OfArgument(Problem problem) {
      super(problem.message());
      this.problem = problem;
    }

    @Override
    public Problem problem() {
      return problem;
    }
  }

  /** Something was done at the wrong time. */
  static final class OfState extends IllegalStateException implements Explained {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    OfState(Problem problem) {
      super(problem.message());
      this.problem = problem;
    }

    @Override
    public Problem problem() {
      return problem;
    }
  }
}
