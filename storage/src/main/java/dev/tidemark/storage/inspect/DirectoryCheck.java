package dev.tidemark.storage.inspect;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.SnapshotFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.inspect.Finding.Part;
import dev.tidemark.storage.snapshot.DecidedRestore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at who the store is, and for files that are none of a store's. */
final class DirectoryCheck {
  /** What a replaced file is written to; one that a crash leaves means nothing. */
  private static final String ASIDE = ".new";

  private final StoreFiles files;
  private final Findings findings;

  DirectoryCheck(StoreFiles files, Findings findings) {
    this.files = files;
    this.findings = findings;
  }

  /** Gives the store's id, or null if it cannot be read. */
  byte @Nullable [] run() {
    List<Path> known =
        List.of(
            files.identity(),
            files.lock(),
            files.durableMark(),
            files.log(),
            files.state(),
            files.stateSuspect(),
            files.conflicts(),
            files.conflictsBefore(),
            files.peers(),
            files.names(),
            files.quarantine(),
            files.snapshots(),
            files.blobs(),
            files.restoring(),
            files.restored(),
            files.directory().resolve("lost+found"));
    foreign(files.directory(), known::contains);
    foreign(
        files.log(),
        path ->
            path.equals(files.catalogue())
                || StoreFiles.segmentNumber(path).isPresent()
                || StoreFiles.isFoldingSegment(path));
    foreign(
        files.snapshots(),
        path -> SnapshotFiles.position(path).isPresent() || SnapshotFiles.isUnfinished(path));
    if (DecidedRestore.isThere(files)) {
      findings.add(
          Part.DIRECTORY,
          files.restored(),
          "a restore that has come to its end",
          "one that the next open, or `tidemark recover`, carries out");
    }
    if (Files.exists(files.stateSuspect())) {
      findings.add(
          Part.STATE,
          files.stateSuspect(),
          "a state that nothing speaks against",
          "damage was met while it was read");
    }
    return identity();
  }

  private void foreign(Path directory, Predicate<Path> known) {
    try (Stream<Path> entries = Files.list(directory)) {
      entries
          .filter(path -> !known.test(path) && !isAside(path, known))
          .sorted()
          .forEach(path -> findings.add(Part.DIRECTORY, path, "files of a store", "another"));
    } catch (NoSuchFileException e) {
      // What it means that the directory is missing is told by others.
    } catch (IOException e) {
      findings.add(Part.DIRECTORY, directory, "a directory that can be listed", e);
    }
  }

  private static boolean isAside(Path path, Predicate<Path> known) {
    String name = path.getFileName().toString();
    return name.endsWith(ASIDE)
        && known.test(path.resolveSibling(name.substring(0, name.length() - ASIDE.length())));
  }

  private byte @Nullable [] identity() {
    try {
      Optional<Identity> identity = Identity.read(files);
      if (identity.isPresent()) {
        return identity.get().storeId();
      }
      findings.add(Part.DIRECTORY, files.identity(), "the store's identity", "no file");
    } catch (TidemarkException e) {
      findings.add(Part.DIRECTORY, files.identity(), "the store's identity", e.getMessage());
    }
    return null;
  }
}
