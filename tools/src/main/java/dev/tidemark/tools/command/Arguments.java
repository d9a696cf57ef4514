package dev.tidemark.tools.command;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.inspect.StoreDirectory;
import java.nio.file.Path;

/** Checks that several commands share. */
final class Arguments {
  private Arguments() {}

  static void atLeastOne(String option, long value) {
    if (value < 1) {
      throw Problem.of("option is below 1")
          .with("option", option)
          .with("value", value)
          .advise("give 1 or more")
          .illegalArgument();
    }
  }

  static void atMost(String option, long value, long most) {
    if (value > most) {
      throw Problem.of("option is too large")
          .with("option", option)
          .with("value", value)
          .with("most", most)
          .advise("give less")
          .illegalArgument();
    }
  }

  static void above0(String option, double value) {
    if (!(value > 0)) {
      throw Problem.of("option is not above 0")
          .with("option", option)
          .with("value", value)
          .advise("give more than 0")
          .illegalArgument();
    }
  }

  /** Makes sure that a directory is a store: an open would make one of it. */
  static void requireStore(Path directory) {
    if (!StoreDirectory.holdsStore(directory)) {
      throw new StoreUnusableException(
          Problem.of("there is no store").with("directory", directory).advise("check the path"));
    }
  }
}
