package dev.tidemark.storage.state;

import java.util.Optional;

/**
 * What a look at a state finds.
 *
 * @param progress how far it is
 * @param owner whose it is; empty if nobody has claimed it
 */
public record StateLook(Progress progress, Optional<Owner> owner) {}
