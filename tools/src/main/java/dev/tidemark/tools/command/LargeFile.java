package dev.tidemark.tools.command;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import dev.tidemark.tools.words.Argument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file whose content is an argument: in memory while that is small, a stream otherwise. */
final class LargeFile {
  private LargeFile() {}

  /** Whether it is too long for anything but a stream. */
  static boolean isLarge(Path file) throws IOException {
    return Files.size(file) > Limits.MAX_VALUE_BYTES;
  }

  /** Its content; nothing in its place if it is large. */
  static Argument argument(Path file) throws IOException {
    return Argument.bytes(isLarge(file) ? Bytes.EMPTY : Bytes.wrap(Files.readAllBytes(file)));
  }

  /** Refuses an update that takes no large value. */
  static void requirePossible(Strategy strategy, Update update) {
    boolean possible =
        (strategy == Strategy.LWW_REGISTER && update instanceof Update.SetValue)
            || (strategy == Strategy.LWW_MAP && update instanceof Update.PutField);
    if (!possible) {
      throw Problem.of("file is too long for this operation")
          .with("strategy", strategy)
          .with("operation", update.verb())
          .with("limit", Limits.MAX_VALUE_BYTES)
          .advise("only set of an lww-register and put of an lww-map take more")
          .illegalArgument();
    }
  }
}
