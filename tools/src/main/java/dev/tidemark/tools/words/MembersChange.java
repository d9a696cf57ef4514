package dev.tidemark.tools.words;

import dev.tidemark.Members;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.error.Problem;
import org.jspecify.annotations.Nullable;

/**
 * A change of who belongs to a cluster, in words: {@code {"op":"admit","replica":"2"}}.
 *
 * @param op {@code found}, {@code admit}, {@code retire} or {@code found-again}
 * @param replica who is let in or retired; null for the others
 */
public record MembersChange(@Nullable String op, @Nullable String replica) {
  /**
   * Makes it.
   *
   * @return the log position
   * @throws IllegalArgumentException if it is none, or cannot be made of these members
   */
  public long apply(Members members) {
    return switch (op == null ? "" : op) {
      case "found" -> members.found();
      case "found-again" -> members.foundAgain();
      case "admit" -> members.admit(named());
      case "retire" -> members.retire(named());
      default ->
          throw Problem.of("change of members is unknown")
              .with("op", op == null ? "" : op)
              .advise("use found, admit, retire or found-again")
              .illegalArgument();
    };
  }

  private long named() {
    if (replica == null || replica.isEmpty()) {
      throw Problem.of("replica is not named")
          .advise("give an id: a decimal number, as `tidemark status` prints it")
          .illegalArgument();
    }
    return ReplicaId.parse(replica);
  }
}
