package dev.tidemark.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.strategy.Strategy;
import org.junit.jupiter.api.Test;

/** What stores keep for themselves, nobody else names. */
class ReservedKeysTest {
  private static final String RESERVED = Namespace.SYSTEM.prefix().toUtf8();

  @Test
  void refusesReservedKeys() {
    assertThatThrownBy(() -> Namespace.userKey(Bytes.utf8(RESERVED + "members")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reserved");
    assertThat(Namespace.userKey(Bytes.utf8("\0tidemark"))).isNotNull();
  }

  @Test
  void refusesReservedPrefixesAndTakesShorterOnes() {
    assertThatThrownBy(() -> Schema.of(RESERVED + "mine:", Strategy.OR_SET))
        .hasMessageContaining("reserved");
    assertThatThrownBy(() -> Schema.of(RESERVED, Strategy.OR_SET)).hasMessageContaining("reserved");
    Schema shorter = Schema.of("\0", Strategy.OR_SET).withSystem();
    assertThat(shorter.of(Bytes.utf8(RESERVED + "members"))).isEqualTo(Namespace.SYSTEM);
    assertThat(shorter.of(Bytes.utf8("\0x")).strategy()).isEqualTo(Strategy.OR_SET);
  }

  @Test
  void takesNoPrefixAwayFromUsers() {
    Schema full = Schema.empty();
    for (int i = 1; i < Limits.MAX_NAMESPACES; i++) {
      full = full.and("p" + i + ":", Strategy.OR_SET);
    }
    ByteWriter out = new ByteWriter();
    full.withSystem().encode(out);
    Schema stored = Schema.decode(new ByteReader(out.toByteArray()));
    assertThat(stored.withoutSystem()).isEqualTo(full);
    assertThat(stored).isEqualTo(full.withSystem());
  }
}
