package dev.tidemark.storage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.storage.file.LoadedLibrary;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class CompressionTest {
  /** Each start unpacked a megabyte, and one that was killed meanwhile left it behind. */
  @Test
  void libraryIsLoadedFromOnePrivatePlace() throws IOException {
    assumeTrue(System.getProperty("ZstdNativePath") == null);
    byte[] zeros = new byte[1000];
    byte[] compressed = new byte[1000];
    int bytes = Compression.compress(zeros, zeros.length, compressed);

    assertThat(Compression.decompress(compressed, 0, bytes, new byte[1000], 1000)).isTrue();
    assertThat(System.getProperty("ZstdNativePath")).isNull();
    LoadedLibrary.assertStable("libzstd-jni", "zstd-jni-");
  }
}
