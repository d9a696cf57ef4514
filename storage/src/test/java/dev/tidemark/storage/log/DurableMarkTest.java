package dev.tidemark.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableMarkTest {
  private static final byte[] STORE = LogDirectory.STORE_ID;

  private Path file;

  @BeforeEach
  void inADirectory(@TempDir Path directory) {
    file = directory.resolve("DURABLE-MARK");
  }

  private DurableMark create() throws IOException {
    return DurableMark.create(file, STORE, new DurableMark.Reading(0, 0), DurableFiles.standard());
  }

  @Test
  void hasTheseBytes() {
    byte[] slot = DurableMark.encode(STORE, new DurableMark.Reading(3, 500));
    assertThat(HexFormat.of().formatHex(slot))
        .isEqualTo(
            "544d444d" // magic
                + "01000000" // version
                + "30313233343536373839616263646566" // store id
                + "0300000000000000" // generation
                + "f401000000000000" // position
                + "00".repeat(20) // reserved
                + "c0a1d2b0"); // checksum
  }

  @Test
  void readsTheNewestSlotAndNeverMovesBack() throws IOException {
    try (DurableMark mark = create()) {
      for (long position : new long[] {5, 9, 7, 12}) {
        mark.advance(position);
      }
      assertThat(mark.position()).isEqualTo(12);
      assertThat(mark.isForced()).isFalse();
      mark.force();
      assertThat(mark.isForced()).isTrue();
    }
    assertThat(DurableMark.read(file, STORE)).contains(new DurableMark.Reading(3, 12));
  }

  @Test
  void fallsBackToTheOtherSlotWhenOneIsTorn() throws IOException {
    try (DurableMark mark = create()) {
      mark.advance(5);
      mark.advance(9);
    }
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < DurableMarkLayout.SLOT_BYTES; at++) {
      byte[] torn = whole.clone();
      torn[at] ^= 0x10;
      Files.write(file, torn);
      assertThat(DurableMark.read(file, STORE)).contains(new DurableMark.Reading(1, 5));
      torn[DurableMarkLayout.SLOT_STRIDE + at] ^= 0x10;
      Files.write(file, torn);
      assertThat(DurableMark.read(file, STORE)).isEmpty();
    }
  }

  @Test
  void isUnknownWhenTheFileIsMissingOrShort() throws IOException {
    assertThat(DurableMark.read(file, STORE)).isEqualTo(Optional.empty());
    Files.write(file, new byte[10]);
    assertThat(DurableMark.read(file, STORE)).isEmpty();
  }

  @Test
  void refusesTheMarkOfAnotherStore() throws IOException {
    create().close();
    assertThatThrownBy(() -> DurableMark.read(file, new byte[16]))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageStartingWith("file belongs to another store");
  }
}
