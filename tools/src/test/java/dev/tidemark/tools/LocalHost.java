package dev.tidemark.tools;

/** Where the members of a test listen. */
public final class LocalHost {
  private LocalHost() {}

  /**
   * An address of this machine. Where all of 127/8 is that it is for this process alone, so that a
   * port of it that is free is so until it is listened on, also after a kill.
   */
  public static String address() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return "127.0.0.1";
    }
    long pid = ProcessHandle.current().pid();
    return "127." + (64 | pid >> 16 & 63) + "." + (pid >> 8 & 255) + "." + (pid & 255);
  }
}
