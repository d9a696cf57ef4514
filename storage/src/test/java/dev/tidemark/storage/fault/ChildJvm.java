package dev.tidemark.storage.fault;

import dev.tidemark.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Another JVM with this one's class path and flags, that can be killed. */
public final class ChildJvm implements AutoCloseable {
  private static final List<String> SMALL = List.of("-Xmx256m");

  private final Process process;
  private final BufferedReader lines;

  private ChildJvm(Process process) {
    this.process = process;
    this.lines = process.inputReader(StandardCharsets.US_ASCII);
  }

  /**
   * Starts one.
   *
   * @param under a command that runs it, or none
   */
  public static ChildJvm start(List<String> under, Class<?> main, String... arguments)
      throws IOException {
    ProcessBuilder builder = JavaProcess.of(SMALL, main, arguments);
    builder.command().addAll(0, under);
    return new ChildJvm(builder.redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /** The next line it prints, or null at its end. */
  public String readLine() throws IOException {
    return lines.readLine();
  }

  /** Ends it without giving it a say, and waits until it is gone. What it has printed stays. */
  public void kill() throws InterruptedException {
    // By its handle: the process itself would close what it has printed.
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  /** Waits for its own end. */
  public int await() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
