// Their types are not there before the first run has installed them.
declare module '@azure/msal-node';
declare module '@badgateway/oauth2-client';
declare module '@smithy/property-provider';
declare module 'google-auth-library';
declare module 'simple-oauth2';
