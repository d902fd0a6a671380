package io.execnet.reactive;

import java.util.List;

/**
 * What a worker's interpreter says of itself.
 *
 * @param executable {@code sys.executable}
 * @param versionInfo {@code sys.version_info}, its five parts
 * @param platform {@code sys.platform}
 * @param cwd the working directory when it was asked
 * @param pid the process id
 */
public record RInfo(
    String executable, List<Object> versionInfo, String platform, String cwd, long pid) {}
