<?php

/**
 * Loads the package without Composer. php-fpm: opcache.preload = this file, or `require` it in your
 * own preload script. With ffi.enable=preload, the default, only preloaded classes may use FFI.
 */

declare(strict_types=1);

require_once __DIR__ . '/src/PusherException.php';
require_once __DIR__ . '/src/Library.php';
require_once __DIR__ . '/src/Webhook.php';
require_once __DIR__ . '/src/Signer.php';
