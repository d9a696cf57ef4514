package dev.tidemark.storage.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.StoreUnusableException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SealedFileTest {
  private static final Path FILE = Path.of("FILE");
  private static final FileKind KIND = new FileKind("test file", 0x54534554, 2, 3);
  private static final byte[] STORE = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private static byte[] sealed(FileKind kind) {
    return SealedFile.seal(kind, STORE, new ByteWriter().i64(42));
  }

  @Test
  void opensWhatItSealed() {
    SealedFile file = SealedFile.open(KIND, FILE, sealed(KIND), STORE);
    assertThat(file.version()).isEqualTo(3);
    assertThat(file.storeId()).isEqualTo(STORE);
    assertThat(file.content().i64()).isEqualTo(42);
    file.content().expectEnd();
  }

  @Test
  void wrongFileDamageTooOldAndTooNewAreFourFailures() {
    byte[] bytes = sealed(KIND);
    FileKind other = new FileKind("other file", 1, 2, 3);
    assertThatThrownBy(() -> SealedFile.open(other, FILE, bytes, STORE))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageStartingWith("file is of another kind");
    byte[] changed = bytes.clone();
    changed[30] ^= 1;
    assertThatThrownBy(() -> SealedFile.open(KIND, FILE, changed, STORE))
        .isInstanceOf(DamagedException.class)
        .hasMessageStartingWith("file is damaged");
    byte[] old = sealed(new FileKind("test file", 0x54534554, 1, 1));
    assertThatThrownBy(() -> SealedFile.open(KIND, FILE, old, STORE))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageStartingWith("file format is too old");
    byte[] young = sealed(new FileKind("test file", 0x54534554, 4, 4));
    assertThatThrownBy(() -> SealedFile.open(KIND, FILE, young, STORE))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageStartingWith("file format is too new");
  }

  @Test
  void aFileCutAnywhereIsDamaged() {
    byte[] bytes = sealed(KIND);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> SealedFile.open(KIND, FILE, cut, STORE))
          .isInstanceOf(DamagedException.class);
    }
  }

  @Test
  void theFileOfAnotherStoreIsRefused() {
    assertThatThrownBy(() -> SealedFile.open(KIND, FILE, sealed(KIND), new byte[16]))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageStartingWith("file belongs to another store");
  }
}
