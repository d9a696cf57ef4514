package dev.tidemark.storage.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * An ext4 file system in a file, mounted through a loop device, whose power can be cut for real:
 * what was not forced is gone, dirty pages of mapped files included. Needs to be root where loop
 * devices are allowed; a test that asks for one is skipped elsewhere, and says why.
 */
public final class LoopDisk implements AutoCloseable {
  private static final long WAIT_SECONDS = 30;

  private final Path mount;
  private final String options;
  private Path image;
  private boolean mounted;
  private boolean cut;

  private LoopDisk(Path image, Path mount, String options) {
    this.image = image;
    this.mount = mount;
    this.options = options;
  }

  /** A disk with a journal, in a directory. */
  public static LoopDisk create(Path directory) {
    return create(directory, "loop", List.of());
  }

  /** A disk whose failed writes neither stop it nor are kept by a journal. */
  public static LoopDisk createWithoutJournal(Path directory) {
    return create(
        directory,
        "loop,errors=continue",
        List.of("-O", "^has_journal", "-E", "lazy_itable_init=1"));
  }

  private static LoopDisk create(Path directory, String mountOptions, List<String> format) {
    try {
      Path image = directory.resolve("image");
      Path mount = Files.createDirectory(directory.resolve("mount"));
      LoopDisk disk = new LoopDisk(image, mount, mountOptions);
      assume("truncate", "-s", "512M", image.toString());
      List<String> make = new ArrayList<>(List.of("mkfs.ext4", "-q", "-m", "0"));
      make.addAll(format);
      make.add(image.toString());
      assume(make.toArray(String[]::new));
      assume(disk.mountCommand());
      disk.mounted = true;
      return disk;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String[] mountCommand() {
    return new String[] {"mount", "-o", options, image.toString(), mount.toString()};
  }

  /** Where it is mounted. */
  public Path path() {
    return mount;
  }

  /** Cuts the power: nothing reaches the disk from now on. */
  public void cutPower() {
    Kernel.shutDown(mount);
    cut = true;
  }

  /**
   * Takes it away and puts it back, with what is on it and nothing that was only in memory. One
   * whose power was cut comes back as a copy: whoever has made a name space of mounts meanwhile
   * keeps the file system of the first for as long as that lasts, without power.
   */
  public void remount() {
    unmount();
    if (cut) {
      Path found = image.resolveSibling(image.getFileName() + "-found");
      String failure = run("cp", "--sparse=always", image.toString(), found.toString());
      if (failure != null) {
        throw new AssertionError("cannot be copied: " + failure);
      }
      image = found;
      cut = false;
    }
    String failure = run(mountCommand());
    if (failure != null) {
      throw new AssertionError("cannot mount again: " + failure);
    }
    mounted = true;
  }

  private void unmount() {
    if (mounted) {
      unmount(mount);
      mounted = false;
    }
  }

  /** Unmounts, as soon as the last process lets go of it. */
  public static void unmount(Path mount) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    String failure = run("umount", mount.toString());
    while (failure != null) {
      if (System.nanoTime() > deadline) {
        // Nothing is left behind, whatever holds it.
        run("umount", "-l", mount.toString());
        throw new AssertionError("cannot unmount: " + failure);
      }
      failure = run("umount", mount.toString());
    }
  }

  /** Skips the test, with the reason, where a command does not work. */
  public static void assume(String... command) {
    String failure = run(command);
    Assumptions.assumeTrue(failure == null, () -> "not possible here: " + failure);
  }

  /** Runs a command; gives what it said when it failed, or null. */
  static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? null : String.join(" ", command) + ": " + output.trim();
    } catch (IOException e) {
      return e.getMessage();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    unmount();
  }
}
