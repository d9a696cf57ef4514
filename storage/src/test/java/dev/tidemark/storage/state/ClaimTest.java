package dev.tidemark.storage.state;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.StoreUnusableException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The state of one store was copied into the directory of another. It opened, showed the wrong
 * values, and what the log held was not folded, since the position was that of another log.
 */
class ClaimTest {
  private static final byte[] OWNER = new byte[16];
  private static final byte[] OTHER = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

  @TempDir private Path directory;

  @Test
  void refusesTheStateOfAnotherStore() {
    try (StateStore state = States.open(directory)) {
      state.claim(OWNER);
    }
    try (StateStore state = States.open(directory)) {
      assertThatCode(() -> state.claim(OWNER)).doesNotThrowAnyException();
      assertThatThrownBy(() -> state.claim(OTHER))
          .isInstanceOf(StoreUnusableException.class)
          .hasMessageContaining("belongs to another store");
    }
  }
}
