package dev.tidemark.storage.state;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.storage.file.LoadedLibrary;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Killed processes left 33 copies of 17 MB each in the temporary directory. */
class NativeLibraryTest {
  @Test
  void libraryIsLoadedFromOnePrivatePlace() throws IOException {
    assumeTrue(System.getenv("ROCKSDB_SHAREDLIB_DIR") == null);
    NativeLibrary.load();

    LoadedLibrary.assertStable("librocksdbjni", "rocksdbjni-");
  }
}
