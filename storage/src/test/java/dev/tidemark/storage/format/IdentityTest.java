package dev.tidemark.storage.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
  private static final byte[] STORE = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private static final Place PLACE = new Place(5, 6);

  @Test
  void hasTheseBytes() {
    Identity identity = new Identity(STORE, -2, 1_000, true, PLACE, List.of(7L));
    assertThat(HexFormat.of().formatHex(identity.encode()))
        .startsWith(
            "544d4944" // magic
                + "0200" // version
                + "0000" // reserved
                + "30313233343536373839616263646566" // store id
                + "feffffffffffffff" // replica
                + "e803000000000000" // created
                + "01" // finished
                + "0500000000000000" // machine
                + "0600000000000000" // inode
                + "01" // one former id
                + "0700000000000000");
  }

  @Test
  void isReadAsWritten(@TempDir Path directory) {
    StoreFiles files = new StoreFiles(directory);
    assertThat(Identity.read(files)).isEmpty();
    Identity identity = Identity.first(STORE, 7, 1_000, PLACE);
    identity.write(files, DurableFiles.standard());
    assertThat(Identity.read(files)).contains(identity);
    Identity next = identity.finish().reborn(8, 2_000, new Place(1, 2));
    next.write(files, DurableFiles.standard());
    assertThat(Identity.read(files)).contains(next);
    assertThat(next.finished()).isTrue();
    assertThat(next.formerReplicaIds()).containsExactly(7L);
    assertThat(next.isOrWas(7) && next.isOrWas(8) && !next.isOrWas(9)).isTrue();
    assertThat(directory).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void refusesNobodysReplicaIdAndAStoreIdOfAnotherLength() {
    assertThatThrownBy(() -> Identity.first(STORE, 0, 1, PLACE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Identity.first(new byte[15], 1, 1, PLACE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void knowsARenamedDirectoryAndNotACopy(@TempDir Path parent) throws IOException {
    Path directory = Files.createDirectory(parent.resolve("a"));
    Place before = Place.of(directory);
    assertThat(before.inode()).isNotZero();
    Path renamed = Files.move(directory, parent.resolve("b"));
    assertThat(Place.of(renamed)).isEqualTo(before);
    assertThat(Place.of(Files.createDirectory(parent.resolve("a")))).isNotEqualTo(before);
  }
}
