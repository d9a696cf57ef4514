package dev.tidemark.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SchemaTest {
  private static final Schema SCHEMA =
      Schema.of("rl:", Strategy.EPOCH_MAX)
          .and("cart:", Strategy.OR_SET)
          .and("cart:big:", Strategy.G_SET);

  private static Strategy strategyOf(Schema schema, String key) {
    return schema.of(Bytes.utf8(key)).strategy();
  }

  @Test
  void theLongestPrefixThatMatchesDecides() {
    assertThat(strategyOf(SCHEMA, "cart:x")).isEqualTo(Strategy.OR_SET);
    assertThat(strategyOf(SCHEMA, "cart:big:x")).isEqualTo(Strategy.G_SET);
    assertThat(strategyOf(SCHEMA, "cart:big")).isEqualTo(Strategy.OR_SET);
    assertThat(strategyOf(SCHEMA, "rl:")).isEqualTo(Strategy.EPOCH_MAX);
  }

  @Test
  void theRestIsARegisterUnlessTheSchemaSaysOtherwise() {
    assertThat(strategyOf(SCHEMA, "other")).isEqualTo(Strategy.LWW_REGISTER);
    assertThat(strategyOf(SCHEMA.and("", Strategy.JOURNAL), "other")).isEqualTo(Strategy.JOURNAL);
  }

  @Test
  void aPrefixHasOneStrategy() {
    assertThat(SCHEMA.and("rl:", Strategy.EPOCH_MAX)).isEqualTo(SCHEMA);
    assertThatThrownBy(() -> SCHEMA.and("rl:", Strategy.OR_SET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prefix=rl:, first=epoch-max, second=or-set");
  }

  @Test
  void survivesItsBytesWhateverTheOrderItWasGivenIn() {
    ByteWriter out = new ByteWriter();
    SCHEMA.encode(out);
    Schema other =
        Schema.of("cart:big:", Strategy.G_SET)
            .and("rl:", Strategy.EPOCH_MAX)
            .and("cart:", Strategy.OR_SET);
    assertThat(Schema.decode(new ByteReader(out.toByteArray()))).isEqualTo(SCHEMA).isEqualTo(other);
  }

  @Test
  void hasAsManyPrefixesOfSuchALengthAsItCanBeReadBackWith() {
    Schema widest = Schema.of("x".repeat(255), Strategy.G_SET);
    for (int i = 0; i < 254; i++) {
      widest = widest.and("p" + i, Strategy.G_SET);
    }
    ByteWriter out = new ByteWriter();
    widest.encode(out);
    assertThat(Schema.decode(new ByteReader(out.toByteArray()))).isEqualTo(widest);

    Schema full = widest;
    assertThatThrownBy(() -> full.and("one more", Strategy.G_SET))
        .hasMessageStartingWith("schema has too many prefixes: prefixes=257, limit=256");
    assertThatThrownBy(() -> Schema.of("x".repeat(256), Strategy.G_SET))
        .hasMessageStartingWith("prefix is too long");
  }

  @Test
  void refusesBytesWithoutADefaultOrWithWhatIsNoPrefix() {
    refuses(new ByteWriter().varint(0), "schema is out of range");
    refuses(new ByteWriter().varint(1).bytes(Bytes.EMPTY).u8(15), "unknown strategy");
    refuses(new ByteWriter().varint(1).bytes(new byte[] {-1}).u8(1), "prefix is not UTF-8");
  }

  private static void refuses(ByteWriter bytes, String title) {
    assertThatThrownBy(() -> Schema.decode(new ByteReader(bytes.toByteArray())))
        .isInstanceOf(MalformedException.class)
        .hasMessageStartingWith(title);
  }

  @ParameterizedTest
  @EnumSource
  void tagsAndNamesAreThereAndBack(Strategy strategy) {
    assertThat(Strategy.ofTag(strategy.tag())).isSameAs(strategy);
    assertThat(Strategy.ofId(strategy.id())).isSameAs(strategy);
    assertThat(strategy.tag()).isEqualTo(strategy.ordinal() + 1);
  }
}
