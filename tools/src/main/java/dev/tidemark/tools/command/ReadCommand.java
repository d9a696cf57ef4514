package dev.tidemark.tools.command;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.ValueJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints a key's value. */
@Command(
    name = "read",
    mixinStandardHelpOptions = true,
    description = {
      "Print a key's value as JSON. Writes no byte of the store.",
      "",
      "A register is a string or null, an epoch-max {\"epoch\":E,\"count\":C} or null, a counter a"
          + " whole number, a set or mv-register a sorted list, a flag true or false, a map an"
          + " object, a journal a list in order. A key that was never written has the empty value of"
          + " its strategy. Bytes that are not UTF-8 are {\"hex\":\"00ff\"}, a large value is its"
          + " length and the SHA-256 of its tree of chunks; --out has its bytes."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the value was printed",
      "1:the key is not one",
      "2:the store is damaged",
      "3:there is no store, or it cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark read stores/A cart:1",
      "  tidemark read --pretty stores/A tree",
      "  tidemark read stores/A video --out video.mp4"
    })
public final class ReadCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
  private String key;

  @Option(names = "--pretty", description = "Print over many indented lines.")
  private boolean pretty;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the bytes of an lww-register, or of a --field, to a new file.")
  private @Nullable Path out;

  @Option(
      names = "--field",
      paramLabel = "FIELD",
      description = "With --out: the field of an lww-map.")
  private @Nullable String field;

  /** A command that speaks through a printer. */
  public ReadCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.key = "";
  }

  @Override
  public Integer call() throws IOException {
    try (Inspection store = Inspection.open(directory)) {
      if (out != null) {
        copy(store, out);
        return ExitCode.FINE;
      }
      Value value = store.value(key);
      if (pretty) {
        printer.prettyJson(json -> ValueJson.write(json, value));
      } else {
        printer.json(json -> ValueJson.write(json, value));
      }
    }
    return ExitCode.FINE;
  }

  private void copy(Inspection store, Path target) throws IOException {
    Bytes wanted = field == null ? null : Bytes.utf8(field);
    try (InputStream in = store.stream(key, wanted).orElseThrow(this::nothing);
        OutputStream to = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      printer.line("%,d bytes", in.transferTo(to));
    }
  }

  private IllegalArgumentException nothing() {
    return Problem.of("there is no value")
        .with("key", key)
        .advise("--out is for an lww-register, or with --field for an lww-map, that has one")
        .illegalArgument();
  }
}
