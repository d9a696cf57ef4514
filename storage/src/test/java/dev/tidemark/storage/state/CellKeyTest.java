package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellKeyTest {
  @Test
  void headIsTheEscapedKeyAndItsKind() {
    CellKey head = new CellKey(hex("61 00 62"), CellKey.HEAD, Bytes.EMPTY);

    assertThat(hex(head.encode())).isEqualTo("6100ff62" + "0001" + "00");
    assertThat(CellKey.decode(head.encode())).isEqualTo(head);
  }

  @Test
  void cellIsFollowedByItsRawId() {
    CellKey cell = new CellKey(hex("61"), CellKey.ELEMENT, hex("00 01 ff"));

    assertThat(hex(cell.encode())).isEqualTo("61" + "0001" + "01" + "0001ff");
    assertThat(CellKey.decode(cell.encode())).isEqualTo(cell);
  }

  @Test
  void emptyCellIdIsNotTheHead() {
    CellKey cell = new CellKey(hex("61"), CellKey.ELEMENT, Bytes.EMPTY);

    assertThat(hex(cell.encode())).isEqualTo("61000101");
    assertThat(CellKey.decode(cell.encode()).kind()).isEqualTo(CellKey.ELEMENT);
  }

  @Test
  void cellsEndBeforeTheNextKind() {
    assertThat(hex(CellKey.pastCells(CellKey.stem(hex("61"))))).isEqualTo("61000102");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "61", "6100", "610001", "61000102", "6100010000", "61000200", "6100fe"})
  void bytesThatAreNoStorageKeyAreRefused(String bytes) {
    assertThatThrownBy(() -> CellKey.decode(hex(bytes).array()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("storage key");
  }
}
