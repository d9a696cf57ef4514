package dev.tidemark.tools.output;

import java.io.Console;

/** Whether a person watches. */
final class Terminal {
  private Terminal() {}

  // Null before JDK 22, never after: both are asked for.
  @SuppressWarnings("SystemConsoleNull")
  static boolean isAttached() {
    Console console = System.console();
    return console != null && !"dumb".equals(System.getenv("TERM")) && isTerminal(console);
  }

  /** Since JDK 22 there is a console in a pipe too, and it has to be asked. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
