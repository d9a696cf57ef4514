package dev.tidemark.storage.recovery;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.StoreFiles;
import java.nio.file.Files;

/** The failure that tells why a store is not opened. */
final class Refusals {
  private static final String REPAIR =
      "restore a snapshot with `tidemark restore`, or write what can be vouched for to a new"
          + " directory with `tidemark repair`";

  private Refusals() {}

  static TidemarkException of(RecoveryCase refused, StoreFacts facts, StoreFiles files) {
    return switch (refused) {
      case IDENTITY_LOST -> identityLost(files);
      case LOG_LOST -> damaged("log is missing", facts, files);
      case ALL_LOST -> damaged("log and state are missing", facts, files);
      case STATE_LOST_FOR_GOOD -> damaged("state is lost and cannot be rebuilt", facts, files);
      case LOG_CUT_OFF -> damaged("log begins after the state ends", facts, files);
      default -> {
        DamagedException damage = facts.logDamage();
        yield damage != null ? damage : damaged("log is too short", facts, files);
      }
    };
  }

  static TidemarkException identityLost(StoreFiles files) {
    boolean isStore =
        Files.exists(files.log())
            || Files.exists(files.state())
            || Files.exists(files.durableMark());
    if (isStore) {
      return new DamagedException(
          Problem.of("identity is missing").with("file", files.identity()).advise(REPAIR));
    }
    return new StoreUnusableException(
        Problem.of("directory is not a store")
            .with("directory", files.directory())
            .with("missing", files.identity().getFileName())
            .advise("give an empty or a new directory"));
  }

  private static DamagedException damaged(String title, StoreFacts facts, StoreFiles files) {
    var mark = facts.log().durableMark();
    Problem problem =
        Problem.of(title)
            .with("directory", files.directory())
            .with("logBegins", facts.log().firstPosition())
            .with("logEnds", facts.log().lastPosition())
            .with("durableMark", mark.isPresent() ? mark.getAsLong() : "missing")
            .with("stateApplied", facts.state() == null ? "no state" : facts.applied());
    DamagedException cause = facts.stateDamage();
    if (cause == null) {
      return new DamagedException(problem.advise(REPAIR));
    }
    return new DamagedException(
        problem.with("cause", String.valueOf(cause.getMessage())).advise(REPAIR), cause);
  }
}
