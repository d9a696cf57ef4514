package dev.tidemark.tools.output;

import dev.tidemark.error.CounterRangeException;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.RefusedCommitException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.checkpoint.CheckpointRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong, as an exit code and as one line. */
public record Failure(int exitCode, String message) {
  /** Tells the caller's mistakes, damage, the world and our own mistakes apart. */
  public static Failure of(Throwable thrown) {
    if (thrown instanceof UncheckedIOException e && e.getCause() != null) {
      return of(e.getCause());
    }
    // A counter that an amount would overflow: the amount is the caller's.
    if (thrown instanceof IllegalArgumentException || thrown instanceof CounterRangeException) {
      return new Failure(ExitCode.USAGE, text(thrown));
    }
    if (thrown instanceof DamagedException
        || thrown instanceof MalformedException
        || thrown instanceof RefusedCommitException
        || thrown instanceof CheckpointRefusedException) {
      return new Failure(ExitCode.DAMAGED, text(thrown));
    }
    if (thrown instanceof TidemarkException || thrown instanceof IllegalStateException) {
      return new Failure(ExitCode.CANNOT_OPEN, text(thrown));
    }
    if (thrown instanceof BindException) {
      return new Failure(ExitCode.CANNOT_OPEN, text(thrown));
    }
    if (thrown instanceof IOException e) {
      return new Failure(ExitCode.CANNOT_OPEN, file(e));
    }
    return new Failure(ExitCode.CANNOT_OPEN, unexpected(thrown));
  }

  private static String text(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null ? thrown.getClass().getSimpleName() : message;
  }

  private static String file(IOException e) {
    String title = "file cannot be read or written";
    if (e instanceof NoSuchFileException) {
      title = "file does not exist";
    } else if (e instanceof AccessDeniedException) {
      title = "file may not be accessed";
    }
    Problem problem = Problem.of(title);
    if (e instanceof FileSystemException named && named.getFile() != null) {
      problem.with("file", named.getFile());
      String reason = named.getReason();
      if (reason != null) {
        problem.with("reason", reason);
      }
    } else {
      problem.with("reason", text(e));
    }
    return problem.message();
  }

  private static String unexpected(Throwable thrown) {
    return Problem.of("unexpected failure")
        .with("kind", thrown.getClass().getSimpleName())
        .with("message", text(thrown))
        .advise("this is a bug; run it again with --stacktrace and report what it prints")
        .message();
  }
}
