package dev.tidemark.tools.output;

/** What the command's exit says to a script. */
public final class ExitCode {
  /** All is well. */
  public static final int FINE = 0;

  /** The command line, or a file of scenarios, is not one that can be run. */
  public static final int USAGE = 1;

  /** Stored bytes are damaged, or a value is not the expected one. */
  public static final int DAMAGED = 2;

  /** The store or a file cannot be opened, read or written. */
  public static final int CANNOT_OPEN = 3;

  private ExitCode() {}
}
