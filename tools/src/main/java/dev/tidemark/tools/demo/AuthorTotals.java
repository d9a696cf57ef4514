package dev.tidemark.tools.demo;

import dev.tidemark.error.Problem;

/** What a person did: commits, and the lines they added and deleted. */
record AuthorTotals(long commits, long added, long deleted) {
  static final String COMMITS = "commits";
  static final String ADDED = "added";
  static final String DELETED = "deleted";

  AuthorTotals plus(AuthorTotals more) {
    return new AuthorTotals(commits + more.commits, added + more.added, deleted + more.deleted);
  }

  /** One of the three alone, by its name. */
  static AuthorTotals of(String what, long n) {
    return switch (what) {
      case COMMITS -> new AuthorTotals(n, 0, 0);
      case ADDED -> new AuthorTotals(0, n, 0);
      case DELETED -> new AuthorTotals(0, 0, n);
      default -> throw Problem.of("no such total").with("name", what).illegalArgument();
    };
  }
}
