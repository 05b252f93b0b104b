<?php

// Measures the PHP binding.

declare(strict_types=1);

require __DIR__ . '/../../bindings/php/preload.php';

$signer = new PusherAuth\Signer(getenv('PUSHER_CONFIG'));
$socketId = getenv('SOCKET_ID');
while (($line = fgets(STDIN)) !== false) {
    [$calls, $file] = explode(' ', trim($line));
    $user = file_get_contents($file);
    $start = hrtime(true);
    for ($i = 0; $i < $calls; $i++) {
        $response = $signer->authenticateUser($socketId, $user);
    }
    $nanoseconds = hrtime(true) - $start;
    echo "$nanoseconds $response\n";
}
