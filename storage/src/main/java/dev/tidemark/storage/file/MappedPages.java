package dev.tidemark.storage.file;

/**
 * How the system keeps the pages of a file that is appended to through a mapping. Linux takes what
 * is faulted in order for reading ahead, in pieces of up to 1 MiB, and a piece becomes dirty as a
 * whole: a force after one small entry wrote 1,028 KiB where now it writes 8 to 24, and an update
 * that waits for it took 260 us and now 130 (ext4, Linux 6.18).
 */
public final class MappedPages {
  private MappedPages() {}

  /** Asks for single pages; where the system does not know the word, nothing changes. */
  public static void keepSingle(long address, long length) {
    Blocks.keepSingle(address, length);
  }

  /**
   * Takes pages that are about to be forced out of the mapping, all at once: a force takes each
   * that is still in it away from writers by itself, and tells every other processor of it, which
   * was four fifths of the processor time of a force of some MiB. The next write to one brings it
   * back. The mapping must be of a file, and shared: the pages of another would be lost.
   */
  public static void letGo(long address, long length) {
    Blocks.letGo(address, length);
  }

  /** Brings pages in, to be written to; whether the system could. */
  public static boolean bringIn(long address, long length) {
    return Blocks.bringIn(address, length);
  }
}
