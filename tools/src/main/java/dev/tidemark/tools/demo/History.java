package dev.tidemark.tools.demo;

import dev.tidemark.error.Problem;
import java.time.Duration;
import java.util.List;

/**
 * The commits, parents first.
 *
 * @param replicas how many places they were made at
 * @param operations how many operations they are
 */
record History(List<GitCommit> commits, int replicas, long operations) {

  History(List<GitCommit> commits, int replicas) {
    this(commits, replicas, commits.stream().mapToLong(GitCommit::operations).sum());
  }

  int size() {
    return commits.size();
  }

  GitCommit get(int index) {
    return commits.get(index);
  }

  GitCommit last() {
    return commits.get(commits.size() - 1);
  }

  /** Whole years from the first commit to the last. */
  long years() {
    long seconds = last().seconds() - get(0).seconds();
    return Duration.ofSeconds(seconds).toDays() * 4 / (4 * 365 + 1);
  }

  long people() {
    return commits.stream().mapToInt(GitCommit::author).distinct().count();
  }

  long merges() {
    return commits.stream().filter(GitCommit::isMerge).count();
  }

  long writes() {
    return commits.stream().mapToLong(commit -> commit.writes().size()).sum();
  }

  /** The first so many commits, at the replicas that they were made at. */
  History first(int n) {
    if (n < 1 || n > commits.size()) {
      throw Problem.of("no such number of commits")
          .with("commits", n)
          .with("recorded", commits.size())
          .advise("give a number between 1 and what is recorded")
          .illegalArgument();
    }
    List<GitCommit> kept = commits.subList(0, n);
    return new History(kept, kept.stream().mapToInt(GitCommit::replica).max().orElseThrow() + 1);
  }
}
