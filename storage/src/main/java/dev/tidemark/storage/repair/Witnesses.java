package dev.tidemark.storage.repair;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.log.SalvagedLog;
import dev.tidemark.storage.state.Owner;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose directory it is. Four files carry the store's id, and one may be damaged or another
 * store's: what most of them say counts, and among equals what the first says.
 */
final class Witnesses {
  private final Map<Path, String> said = new LinkedHashMap<>();
  private final Findings findings;

  private Witnesses(Findings findings) {
    this.findings = findings;
  }

  /** Asks the four. */
  static Witnesses ask(
      StoreFiles files, SalvagedLog log, Optional<Owner> stateOwner, Findings findings) {
    Witnesses witnesses = new Witnesses(findings);
    witnesses.identity(files);
    log.catalogueOwner().ifPresent(id -> witnesses.said.put(files.catalogue(), id));
    log.markOwner().ifPresent(id -> witnesses.said.put(files.durableMark(), id));
    stateOwner.ifPresent(owner -> witnesses.said.put(files.state(), hex(owner.storeId())));
    return witnesses;
  }

  private void identity(StoreFiles files) {
    try {
      Optional<Identity> identity = Identity.read(files);
      if (identity.isPresent()) {
        said.put(files.identity(), hex(identity.get().storeId()));
      } else {
        findings.damaged(files.identity(), 0, 0, "the store's identity", "no file");
      }
    } catch (TidemarkException e) {
      SalvagedLog.requireNotNewer(e);
      long length = files.identity().toFile().length();
      findings.damaged(
          files.identity(), 0, length, "the store's identity", String.valueOf(e.getMessage()));
    }
  }

  /** Whether nothing of a store was found. */
  boolean isEmpty() {
    return said.isEmpty();
  }

  /** Whether a file is this store's; one that does not say is. */
  boolean vouchFor(Path file) {
    String id = said.get(file);
    String own = majority();
    if (id == null || id.equals(own)) {
      return true;
    }
    findings.damaged(file, 0, file.toFile().length(), "a file of store " + own, "one of " + id);
    return false;
  }

  private @Nullable String majority() {
    String most = null;
    long votes = 0;
    for (String id : said.values()) {
      long count = said.values().stream().filter(id::equals).count();
      if (count > votes) {
        most = id;
        votes = count;
      }
    }
    return most;
  }

  private static String hex(byte[] id) {
    return HexFormat.of().formatHex(id);
  }
}
