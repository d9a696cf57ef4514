package dev.tidemark.storage.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
  private static final byte[] STORE = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  @Test
  void hasTheseBytes() {
    assertThat(HexFormat.of().formatHex(new Identity(STORE, -2, 1_000).encode()))
        .isEqualTo(
            "544d4944" // magic
                + "0100" // version
                + "0000" // reserved
                + "30313233343536373839616263646566" // store id
                + "feffffffffffffff" // replica
                + "e803000000000000" // created
                + "9e113e4b"); // checksum
  }

  @Test
  void isReadAsWritten(@TempDir Path directory) {
    StoreFiles files = new StoreFiles(directory);
    assertThat(Identity.read(files)).isEmpty();
    Identity identity = new Identity(STORE, 7, 1_000);
    identity.write(files, DurableFiles.standard());
    assertThat(Identity.read(files)).contains(identity);
    Identity next = new Identity(STORE, 8, 2_000);
    next.write(files, DurableFiles.standard());
    assertThat(Identity.read(files)).contains(next);
    assertThat(directory).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void refusesNobodysReplicaIdAndAStoreIdOfAnotherLength() {
    assertThatThrownBy(() -> new Identity(STORE, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Identity(new byte[15], 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
