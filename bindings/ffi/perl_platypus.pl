# pusher-auth in Perl by FFI::Platypus. All strings are bytes, in UTF-8.

use strict;
use warnings;
use FFI::Platypus 2.00;
use FFI::Platypus::Buffer 'scalar_to_pointer';
use JSON::PP 'decode_json';

my $ffi = FFI::Platypus->new(api => 2, lib => 'libpusher_auth.so.1');
$ffi->attach("pusher_error_$_", ['sint32'], 'string') for 'name', 'message';
$ffi->attach('pusher_signer_bound', ['opaque', 'size_t'], 'size_t');
$ffi->attach('pusher_signer_free', ['opaque'], 'void');

# Returns a function that takes strings, with their lengths, and dies with an error.
sub function {
    my ($name, @types) = @_;
    my $function = $ffi->function("pusher_signer_$name", \@types, 'sint32');
    return sub {
        my $result = $function->call(@_);
        return $result if $result >= 0;
        my $message = pusher_error_name($result) . ': ' . pusher_error_message($result);
        die bless { code => $result, message => $message }, 'PusherError';
    };
}
my @string = ('string', 'size_t');
my $signer_new = function('new', @string, 'opaque*');
my $verify_webhook = function('verify_webhook', 'opaque', (@string) x 3);
my %strings = (authenticate_user => 2, authorize_channel => 3, event_body => 4, decrypt => 2);
my @buffer = ('opaque', 'size_t');
my %text = map { $_ => function($_, 'opaque', (@string) x $strings{$_}, @buffer) } keys %strings;

package Signer {
    sub new {
        my ($class, $config) = @_;
        $signer_new->($config, length $config, \my $signer);
        return bless \$signer, $class;
    }
    sub DESTROY { main::pusher_signer_free(${ $_[0] }) }

    sub text {
        my ($self, $name, @strings) = @_;
        my $size = main::pusher_signer_bound($$self, length join '', @strings);
        my $buffer = "\0" x $size;
        my @pairs = map { ($_, length) } @strings;
        my $length = $text{$name}->($$self, @pairs, main::scalar_to_pointer($buffer), $size);
        return substr $buffer, 0, $length;
    }
}
my $signer = Signer->new($ENV{PUSHER_CONFIG});
my $channel = 'private-encrypted-bla';
print $signer->text('authenticate_user', '1234.1234', '{"id":"12345"}'), "\n";
print $signer->text('authorize_channel', '1234.1234', $channel, ''), "\n";
my $event = decode_json($signer->text('event_body', $channel, 'news', '{"hello":"🌍"}', ''));
print $signer->text('decrypt', $channel, $event->{data}), "\n";

my $token = Signer->new('{"key":"key","secret":"secret"}');
my $signature = '2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778';
my @signed = map { ($_, length) } 'key', $signature;
$verify_webhook->($$token, @signed, '{"hello":"world"}', 17);
eval { $verify_webhook->($$token, @signed, '{"hello":"World"}', 17) } or print "$@->{message}\n";
