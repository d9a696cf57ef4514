package dev.tidemark.tools.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.error.CounterRangeException;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreLockedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutputTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void valuesAreWrittenAsTheConformanceFilesHoldThem() {
    TreeMap<Bytes, Value> fields = new TreeMap<>();
    fields.put(Bytes.utf8(""), new Value.Register(Bytes.utf8("\u0000")));
    fields.put(Bytes.wrap(new byte[] {(byte) 0xff}), new Value.Flag(true));

    assertThat(json(new Value.Register(null))).isEqualTo("null");
    assertThat(json(new Value.Register(Bytes.utf8("ü\"")))).isEqualTo("\"ü\\\"\"");
    LargeValue large = new LargeValue(5_000_000_000L, Bytes.wrap(new byte[32]));
    assertThat(json(new Value.Large(large)))
        .isEqualTo("{\"length\":5000000000,\"sha256\":\"" + "00".repeat(32) + "\"}");
    assertThat(json(new Value.Epoch(null))).isEqualTo("null");
    assertThat(json(new Value.Epoch(new Value.EpochCount(-1, -2))))
        .isEqualTo("{\"epoch\":18446744073709551615,\"count\":-2}");
    assertThat(json(new Value.Counter(BigInteger.ONE.shiftLeft(70))))
        .isEqualTo("1180591620717411303424");
    assertThat(json(new Value.Elements(List.of(Bytes.EMPTY, Bytes.wrap(new byte[] {0, -1})))))
        .isEqualTo("[\"\",{\"hex\":\"00ff\"}]");
    assertThat(json(new Value.Flag(false))).isEqualTo("false");
    assertThat(json(new Value.Fields(fields))).isEqualTo("{\"\":\"\\u0000\",\"hex:ff\":true}");
    assertThat(json(new Value.Events(List.of(Bytes.utf8("b"), Bytes.utf8("a")))))
        .isEqualTo("[\"b\",\"a\"]");
  }

  @Test
  void nothingStoredReachesATerminalRaw() {
    Printer printer = new Printer(out, err, true);
    String hostile = "\u001b[2J\r\n\u0000\u0085\u009b\u202e\u2028\ufeff\u007f";

    printer.line(hostile);
    printer.remark(hostile);
    printer.json(json -> json.writeString(hostile));
    printer.line(Escape.quoted(Bytes.utf8(hostile)));
    printer.line(Escape.bare(Bytes.wrap(new byte[] {'a', (byte) 0x9b, 0x1b})));

    String all = out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    assertThat(all.lines()).hasSize(5);
    assertThat(all.chars().filter(c -> c != '\n').anyMatch(c -> Escape.unsafe((char) c))).isFalse();
    assertThat(all).contains("a\\x9b\\x1b");
  }

  @Test
  void textThatIsSafeStaysAsItIs() {
    assertThat(Escape.quoted(Bytes.utf8("ключ \"1\" 🥛"))).isEqualTo("\"ключ \\\"1\\\" 🥛\"");
    assertThat(Escape.line("a\tb")).isEqualTo("a\tb");
  }

  @Test
  void aReaderThatWentAwayIsToldFromADiskThatIsFull() {
    assertThatThrownBy(() -> failing("Broken pipe").flush())
        .isInstanceOf(OutputClosedException.class);
    assertThatThrownBy(() -> failing("No space left on device").flush())
        .hasMessageStartingWith("output cannot be written");
  }

  @Test
  void eachKindOfFailureHasItsExitCode() {
    Problem problem = Problem.of("title").with("name", "value");

    assertThat(Failure.of(problem.illegalArgument())).isEqualTo(new Failure(1, problem.message()));
    assertThat(Failure.of(new CounterRangeException(problem, BigInteger.TEN)).exitCode())
        .isEqualTo(1);
    assertThat(Failure.of(new DamagedException(problem)).exitCode()).isEqualTo(2);
    assertThat(Failure.of(new StoreLockedException(problem)).exitCode()).isEqualTo(3);
    assertThat(Failure.of(problem.illegalState()).exitCode()).isEqualTo(3);
    assertThat(Failure.of(new UncheckedIOException(new NoSuchFileException("f"))))
        .isEqualTo(new Failure(3, "file does not exist: file=f"));
    assertThat(Failure.of(new AssertionError("x")).message()).contains("this is a bug");
  }

  @Test
  void progressIsRedrawnAFewTimesASecondAndWiped() {
    StringWriter screen = new StringWriter();
    AtomicLong nanos = new AtomicLong();
    try (Progress progress =
        new Progress(new PrintWriter(screen), true, "operations", nanos::get)) {
      progress.at(1, 0.1);
      nanos.set(10_000_000_000L);
      progress.at(12_345, 0.25);
      progress.at(12_346, 0.25);
      assertThat(progress.rate(12_345)).isEqualTo("1,235/s");
    }

    assertThat(screen.toString())
        .isEqualTo("\r\u001b[K12,345 operations  1,235/s  25 %  0:30 left\r\u001b[K");
  }

  @Test
  void progressIsSilentInAPipe() {
    StringWriter pipe = new StringWriter();
    AtomicLong nanos = new AtomicLong();
    try (Progress progress = new Progress(new PrintWriter(pipe), false, "operations", nanos::get)) {
      nanos.set(10_000_000_000L);
      progress.at(12_345, 0.25);
    }

    assertThat(pipe.toString()).isEmpty();
  }

  private String json(Value value) {
    out.reset();
    Printer printer = new Printer(out, err, false);
    printer.json(json -> ValueJson.write(json, value));
    printer.flush();
    return out.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  private Printer failing(String why) {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(why);
          }
        };
    Printer printer = new Printer(broken, err, false);
    printer.line("x");
    return printer;
  }
}
