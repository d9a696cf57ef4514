package dev.tidemark;

import dev.tidemark.storage.fault.CheckedDirectory;
import dev.tidemark.storage.fault.MemoryDirectory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After every test class of this module: no worker of a store, and no descriptor and no mapping of
 * a file in a directory for temporary files is left, whether or not the class thought of it. It
 * registers itself.
 */
public final class LeakCheck implements AfterAllCallback {
  @Override
  public void afterAll(ExtensionContext context) {
    StoreAudit.checkNoThreads();
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    for (Path directory : List.of(temporary, MemoryDirectory.MEMORY)) {
      StoreAudit.checkNoneHeld(directory + "/" + CheckedDirectory.PREFIX);
    }
  }
}
