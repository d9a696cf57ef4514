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
}
