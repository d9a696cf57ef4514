package dev.tidemark.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is taken is what was written, and nobody writes into it afterwards. */
class ByteWriterTest {
  private static final byte[] SIXTEEN = new byte[16];

  @Test
  void aFullBufferIsTakenAsItIs() {
    ByteWriter out = new ByteWriter(16).raw(SIXTEEN);
    byte[] buffer = out.buffer();
    assertThat(out.take()).isSameAs(buffer);
  }

  @Test
  void ofOneThatIsNotFullWhatIsWrittenIsTaken() {
    assertThat(new ByteWriter(40).raw(SIXTEEN).take()).isEqualTo(SIXTEEN);
  }

  @Test
  void whatIsWrittenAfterwardsGoesElsewhere() {
    ByteWriter out = new ByteWriter(16).raw(SIXTEEN);
    byte[] taken = out.take();
    out.u8(1).i64(2);
    assertThat(taken).isEqualTo(SIXTEEN);
    assertThat(out.toByteArray()).isEqualTo(new byte[] {1, 2, 0, 0, 0, 0, 0, 0, 0});
  }
}
