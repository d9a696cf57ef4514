package dev.tidemark.storage.state;

import static org.assertj.core.api.Assertions.assertThat;
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
      state.claim(new Owner(OWNER, 1));
    }
    try (StateStore state = States.open(directory)) {
      assertThatCode(() -> state.claim(new Owner(OWNER, 1))).doesNotThrowAnyException();
      assertThatThrownBy(() -> state.claim(new Owner(OTHER, 1)))
          .isInstanceOf(StoreUnusableException.class)
          .hasMessageContaining("belongs to another store");
    }
  }

  @Test
  void remembersUnderWhichReplicaIdItWasUsedLast() {
    try (StateStore state = States.open(directory)) {
      assertThat(state.owner()).isEmpty();
      state.claim(new Owner(OWNER, 1));
      state.claim(new Owner(OWNER, -2));
    }
    var look = StateLook.at(directory, true).orElseThrow();
    assertThat(look.owner().orElseThrow().replicaId()).isEqualTo(-2);
  }
}
