/** Pictures that somebody sends: what they are and how large, read from their first bytes and never from their name. */
export { type Picture, type PictureFormat, pictureFormats, readPicture } from './read-picture.ts';
