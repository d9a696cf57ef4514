package dev.tidemark.storage.fault;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * In memory too, and nothing of it may be held once its test is over, unlike by one that crashes.
 */
public final class CheckedDirectory implements TempDirFactory {
  /** What their names begin with. */
  public static final String PREFIX = "junit-";

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws IOException {
    return MemoryDirectory.make(PREFIX);
  }
}
